using Ebla.Primitives;

namespace Ebla.Operations.Dumps;

/// <summary>Something that the format of a dump cannot hold.</summary>
/// <param name="Path">Its path in the snapshot; of the first, where one problem stands for many.</param>
/// <param name="Message">What.</param>
public sealed record DumpProblem(ByteName Path, string Message);
