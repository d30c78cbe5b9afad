namespace Ebla.Keys;

/// <summary>What a key object is. The numbers stand in the format.</summary>
internal enum KeyObjectKind : byte
{
    Slot = 1,
    Member = 2,
    Grant = 3,
}
