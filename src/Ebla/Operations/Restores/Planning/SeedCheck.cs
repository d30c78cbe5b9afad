using Ebla.FileSystems;
using Ebla.Operations.Restores.Writing;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Restores.Planning;

/// <summary>
/// Compares a file of the snapshot with what the target has of it: the file of that name, and what a killed run has left of it under
/// its temporary name. Pieces that are right there are kept; the others are planned.
/// </summary>
/// <remarks>
/// A piece counts as right only if its keyed hash is the id that the snapshot gives; what is taken over is hashed where it lies in the
/// end, or written from the very bytes that were hashed, so that nobody can change it in between.
/// </remarks>
internal sealed class SeedCheck(
    RestoreRun run, FilePlanner planner, RestoreFile file, Node node, FileMetadata? existing, bool isReplaced)
{
    private bool _isRight = true;

    private bool IsDryRun => run.Options.DryRun;

    public async Task RunAsync()
    {
        TargetDirectory? opened = null;
        try
        {
            opened = run.Target.Open(file.Directory);
            using ExistingFile? seed = existing is null ? null : opened.TryOpenFile(file.Name);
            if (seed is not null && run.Options.Overwrite == OverwriteRule.Changed && IsUnchanged(seed.Metadata))
            {
                run.Leave(file.Directory, file.Name);
                run.Files.Keep(file, seed);
                return;
            }
            if (file.IsOnePiece)
            {
                await CheckOnePieceAsync(seed).ConfigureAwait(false);
            }
            else
            {
                await CheckPiecesAsync(opened, seed).ConfigureAwait(false);
            }
        }
        catch (FileSystemException exception)
        {
            TargetFailure.ThrowIfFinal(exception);
            run.Files.FailPlanning(file, exception.Message);
        }
        finally
        {
            if (opened is not null)
            {
                run.Target.Close(file.Directory);
            }
        }
    }

    private async Task CheckOnePieceAsync(ExistingFile? seed)
    {
        ContentPiece piece = node.Content[0];
        if (seed is not null && seed.Metadata.SizeInBytes == piece.SizeInBytes && piece.SizeInBytes <= FramePlaintext.BlobSizeInBytesMax)
        {
            using RentedBuffer buffer = new((int)piece.SizeInBytes);
            if (IsRight(seed, 0, piece, buffer.Span))
            {
                run.Tell(file.Directory, file.Name, RestoreAction.Keep);
                if (IsAlone(seed) || IsDryRun)
                {
                    run.Files.Keep(file, seed);
                }
                else
                {
                    run.Files.WriteWhole(file, buffer.Span, isKept: true);
                }
                return;
            }
            if (run.Options.InPlace && IsAlone(seed))
            {
                file.Opening = FileOpening.InPlace;
            }
        }
        run.Tell(file.Directory, file.Name, isReplaced ? RestoreAction.Replace : RestoreAction.Make);
        await planner.PlanPieceAsync(file, 0, piece).ConfigureAwait(false);
    }

    private async Task CheckPiecesAsync(TargetDirectory opened, ExistingFile? seed)
    {
        if (seed is not null && seed.Metadata.SizeInBytes == node.SizeInBytes)
        {
            await planner.ForEachPieceAsync(file, node, CompareAsync).ConfigureAwait(false);
            if (_isRight && file.Failure is null && (IsAlone(seed) || IsDryRun))
            {
                run.Tell(file.Directory, file.Name, RestoreAction.Keep);
                run.Files.Keep(file, seed);
                return;
            }
        }
        if (file.Failure is not null)
        {
            run.Files.Release(file);
            return;
        }
        run.Tell(file.Directory, file.Name, isReplaced ? RestoreAction.Replace : RestoreAction.Make);
        bool isInPlace = run.Options.InPlace && seed is not null && IsAlone(seed);
        using TargetFile? left = isInPlace && !IsDryRun ? opened.OpenInPlace(file.Name) : opened.TryOpenTemporary(file.Name);
        left?.Leave();
        if (seed is null && left is null)
        {
            await planner.PlanAllAsync(file, node).ConfigureAwait(false);
            return;
        }
        if (IsDryRun)
        {
            await PlanMissingAsync(null, [seed, left]).ConfigureAwait(false);
        }
        else if (left is not null)
        {
            if (isInPlace)
            {
                file.Opening = FileOpening.InPlace;
            }
            else
            {
                run.Files.Begin(file);
            }
            left.SetSize(node.SizeInBytes);
            await PlanMissingAsync(left, isInPlace ? [] : [seed]).ConfigureAwait(false);
        }
        else
        {
            using TargetFile made = opened.CreateFile(file.Name, 0, file.Metadata.Flags ?? FileFlags.None);
            run.Files.Begin(file);
            bool isCloned = made.TryClone(seed!);
            made.SetSize(node.SizeInBytes);
            await PlanMissingAsync(made, [seed], isNew: !isCloned).ConfigureAwait(false);
        }

        ValueTask CompareAsync(long offset, ContentPiece piece)
        {
            // The rest of the list is run through: it is in memory, or will be needed.
            _isRight = _isRight && IsRight(seed!, offset, piece);
            return ValueTask.CompletedTask;
        }
    }

    // What is right in the file itself stays; what is right in another one is copied; the rest is planned.
    private async Task PlanMissingAsync(TargetFile? made, ReadableFile?[] seeds, bool isNew = false)
    {
        // Workers write to the file while it is gone through, and end it when the planning has ended.
        await planner.ForEachPieceAsync(file, node, TakeAsync).ConfigureAwait(false);
        if (file.Failure is null)
        {
            made?.Leave();
        }
        file.EndPlanning();
        run.Files.Release(file);

        async ValueTask TakeAsync(long offset, ContentPiece piece)
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            if (piece.Id is null)
            {
                if (made is not null && !isNew && !made.IsZero(offset, piece.SizeInBytes))
                {
                    made.Clear(offset, piece.SizeInBytes);
                }
                run.Counters.CountRestored(piece.SizeInBytes);
                return;
            }
            if (piece.SizeInBytes <= FramePlaintext.BlobSizeInBytesMax)
            {
                using RentedBuffer buffer = new((int)piece.SizeInBytes);
                if (made is not null && !isNew && IsRight(made, offset, piece, buffer.Span))
                {
                    run.Counters.CountKept(piece.SizeInBytes);
                    return;
                }
                foreach (ReadableFile? seed in seeds)
                {
                    if (seed is not null && IsRight(seed, offset, piece, buffer.Span))
                    {
                        made?.WriteAt(offset, buffer.Span);
                        run.Counters.CountKept(piece.SizeInBytes);
                        return;
                    }
                }
            }
            await planner.PlanPieceAsync(file, offset, piece).ConfigureAwait(false);
        }
    }

    private bool IsUnchanged(in FileMetadata there)
        => there.SizeInBytes == node.SizeInBytes && there.ModifiedTime == node.ModifiedTime
            && (there.LinkCount == 1 || file.Links is not null);

    // Another name of the file may be somebody else's: then it becomes a file of its own.
    private static bool IsAlone(ExistingFile seed) => seed.Metadata.LinkCount == 1;

    private bool IsRight(ReadableFile seed, long offset, ContentPiece piece)
    {
        if (piece.Id is null)
        {
            return seed.IsZero(offset, piece.SizeInBytes);
        }
        if (piece.SizeInBytes > FramePlaintext.BlobSizeInBytesMax)
        {
            return false;
        }
        using RentedBuffer buffer = new((int)piece.SizeInBytes);
        return IsRight(seed, offset, piece, buffer.Span);
    }

    private bool IsRight(ReadableFile seed, long offset, ContentPiece piece, Span<byte> buffer)
        => seed.ReadAt(offset, buffer) == buffer.Length && FrameOpener.IdOf(run.Keys, FrameKind.File, buffer) == piece.Id;
}
