namespace Ebla.FileSystems;

/// <summary>Which device a device node stands for. Linux has 12 bits for the driver and 20 for the device.</summary>
internal readonly record struct DeviceNumber(uint Major, uint Minor)
{
    public const uint MajorMax = (1 << 12) - 1;

    public const uint MinorMax = (1 << 20) - 1;

    public bool IsValid => Major <= MajorMax && Minor <= MinorMax;

    /// <summary>The number as the kernel takes it (include/linux/kdev_t.h, new_encode_dev).</summary>
    public uint Encode() => (Minor & 0xff) | (Major << 8) | ((Minor & ~0xffu) << 12);
}
