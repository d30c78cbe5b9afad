using Ebla.Backends.Memory;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Operations;
using Xunit;

namespace Ebla.Tests.Repositories;

public sealed class SealingLineTests
{
    private const int Blobs = 400;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sealer_that_fails_is_told_as_it_failed_and_nothing_hangs()
    {
        for (int round = 0; round < 300; round++)
        {
            int bad = new Random(round).Next(1, 300);
            Exception? failure = await UploadAsync(round, (place, bytes) => bytes[5] ^= place == bad ? (byte)1 : (byte)0, Token);
            Assert.True(failure is CorruptDataException, $"round {round}: {failure}");
        }
    }

    [Fact]
    public async Task A_session_that_is_cancelled_anywhere_ends()
    {
        int cancelled = 0;
        for (int round = 0; round < 300; round++)
        {
            int last = new Random(round).Next(1, Blobs);
            using CancellationTokenSource stop = new();
            Exception? failure = await UploadAsync(
                round,
                (place, _) =>
                {
                    if (place == last)
                    {
                        stop.Cancel();
                    }
                },
                stop.Token);
            Assert.True(failure is null or OperationCanceledException, $"round {round}: {failure}");
            cancelled += failure is null ? 0 : 1;
        }
        Assert.True(cancelled > 200);
    }

    // What came of it. The change of a blob comes after its id.
    private static async Task<Exception?> UploadAsync(int round, Action<int, byte[]> change, CancellationToken cancellationToken)
    {
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);
        UploadOptions upload = new() { SealerCount = 1 + round % 6, FrameSizeInBytes = 2000, PackSizeInBytes = 50_000 };
        Random random = new(round);
        Exception? failure = null;
        UploadSession session = await UploadSession.StartAsync(repository, upload, cancellationToken);
        FrameGatherer files = session.CreateGatherer(FrameKind.File, 2000);
        try
        {
            for (int i = 0; i < Blobs; i++)
            {
                byte[] bytes = new byte[1000];
                random.NextBytes(bytes);
                BlobId id = FrameOpener.IdOf(repository.Keys, FrameKind.File, bytes);
                change(i, bytes);
                await files.AddAsync(id, bytes, []).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Token);
            }
            await session.FinishAsync(cancellationToken).WaitAsync(TimeSpan.FromSeconds(60), Token);
        }
        catch (Exception exception) when (exception is not TimeoutException)
        {
            failure = exception;
        }
        await session.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60), Token);
        return failure;
    }
}
