namespace Ebla.Operations.Checks;

/// <summary>What reading a pack showed to be wrong with it.</summary>
/// <param name="FrameCount">Frames that are damaged.</param>
/// <param name="Message">What is wrong, first fault first.</param>
internal sealed record PackDamage(int FrameCount, string Message);
