namespace Ebla.Tests.Backends;

/// <summary>On a file system in memory, where it is there: everywhere but in some containers.</summary>
public sealed class LocalBackendInMemoryContractTests()
    : LocalBackendContractTests(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath());
