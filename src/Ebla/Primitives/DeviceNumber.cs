namespace Ebla.Primitives;

/// <summary>A device's major and minor number.</summary>
public readonly record struct DeviceNumber(uint Major, uint Minor);
