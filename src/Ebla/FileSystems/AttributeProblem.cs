using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>An extended attribute, their list, or the flags, that could not be read.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Attribute">Its name; empty for the list and the flags.</param>
/// <param name="Errno">Why.</param>
internal readonly record struct AttributeProblem(MetadataProblems Kind, ByteName Attribute, int Errno);
