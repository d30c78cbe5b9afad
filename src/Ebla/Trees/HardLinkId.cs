namespace Ebla.Trees;

/// <summary>Names a file with several names, within one snapshot.</summary>
public readonly record struct HardLinkId(ulong Device, ulong Inode);
