namespace Ebla.Primitives;

/// <summary>Which device a device node stands for. Linux has 12 bits for the driver and 20 for the device.</summary>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    /// <summary>Largest major number that Linux can hold.</summary>
    public const uint MajorMax = (1 << 12) - 1;

    /// <summary>Largest minor number that Linux can hold.</summary>
    public const uint MinorMax = (1 << 20) - 1;

    /// <summary>Whether Linux can hold the number.</summary>
    public bool IsValid => Major <= MajorMax && Minor <= MinorMax;

    /// <summary>The number as the kernel takes it (include/linux/kdev_t.h, new_encode_dev).</summary>
    public uint Encode() => (Minor & 0xff) | (Major << 8) | ((Minor & ~0xffu) << 12);
}
