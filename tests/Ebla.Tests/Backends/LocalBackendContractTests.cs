using Ebla.Backends;

namespace Ebla.Tests.Backends;

/// <summary>On the file system of the temporary folder.</summary>
public class LocalBackendContractTests : BackendContract
{
    private readonly TestFolder _folder;

    public LocalBackendContractTests()
        : this(Path.GetTempPath())
    {
    }

    protected LocalBackendContractTests(string parent) => _folder = new TestFolder(parent);

    protected override Task<IBackend> CreateAsync() => ReopenAsync();

    protected override Task<IBackend> ReopenAsync() => Task.FromResult<IBackend>(_folder.Open());

    protected override ValueTask CleanUpAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
