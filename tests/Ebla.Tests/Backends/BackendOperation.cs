namespace Ebla.Tests.Backends;

/// <summary>The calls of a back-end, for counting and for choosing which of them can fail.</summary>
[Flags]
internal enum BackendOperation
{
    ReadHeader = 1,
    CreateHeader = 2,
    Put = 4,
    Flush = 8,
    Get = 16,
    GetSize = 32,
    List = 64,
    Delete = 128,
    Writes = CreateHeader | Put | Flush | Delete,
    Reads = ReadHeader | Get | GetSize | List,
    All = Writes | Reads,
}
