using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>The metadata that a restored file is to have.</summary>
internal readonly record struct TargetMetadata
{
    private const int SetUserIdBit = 0x800;
    private const int SetGroupIdBit = 0x400;

    /// <value>Null leaves the user as it is; then a set-user-id bit is not set either, since it would speak for another user.</value>
    public uint? UserId { get; init; }

    /// <value>Null leaves the group as it is; then a set-group-id bit is not set either.</value>
    public uint? GroupId { get; init; }

    /// <value>The 12 permission bits. Not used for symbolic links, which have none.</value>
    public required int Mode { get; init; }

    public required UnixTime ModifiedTime { get; init; }

    /// <value>Null leaves the access time as it is.</value>
    public UnixTime? AccessedTime { get; init; }

    /// <summary>Sets owner, mode and times, and goes on whatever fails.</summary>
    /// <param name="file">What to set them on.</param>
    /// <param name="current">The owner, where that is known: what is right already is not set again.</param>
    internal MetadataOutcome Apply<TFile>(TFile file, Owner? current)
        where TFile : IMetadataTarget, allows ref struct
    {
        MetadataProblems problems = MetadataProblems.None;
        int firstError = 0;

        // The owner first: the system clears set-id bits when it changes. Times last: whatever else touches them.
        uint user = Wanted(UserId, current?.UserId);
        uint group = Wanted(GroupId, current?.GroupId);
        if ((user, group) != (Posix.LeaveOwner, Posix.LeaveOwner) && file.ChangeOwner(user, group) < 0)
        {
            // As an ordinary user one may still give a file to another of one's groups: so each alone.
            Note(user == Posix.LeaveOwner ? 0 : file.ChangeOwner(user, Posix.LeaveOwner), MetadataProblems.User);
            Note(group == Posix.LeaveOwner ? 0 : file.ChangeOwner(Posix.LeaveOwner, group), MetadataProblems.Group);
        }
        // This number means "leave" to the system and is no owner, whatever a snapshot says.
        Note(UserId == Posix.LeaveOwner ? -Posix.EINVAL : 0, MetadataProblems.User);
        Note(GroupId == Posix.LeaveOwner ? -Posix.EINVAL : 0, MetadataProblems.Group);

        if (file.HasMode)
        {
            // A set-id program of one user must not become one of another: cp does the same.
            int mode = Mode;
            mode &= UserId is null || problems.HasFlag(MetadataProblems.User) ? ~SetUserIdBit : ~0;
            mode &= GroupId is null || problems.HasFlag(MetadataProblems.Group) ? ~SetGroupIdBit : ~0;
            problems |= mode == Mode ? MetadataProblems.None : MetadataProblems.Mode;
            Note(file.ChangeMode(mode), MetadataProblems.Mode);
            // The system drops a set-group-id bit without an error where the user is not in the file's group (chmod(2)).
            if ((mode & SetGroupIdBit) != 0)
            {
                Note(file.Stat(out FileMetadata actual), MetadataProblems.Mode);
                problems |= actual.Mode == mode ? MetadataProblems.None : MetadataProblems.Mode;
            }
        }
        Note(file.ChangeTimes(AccessedTime, ModifiedTime), MetadataProblems.Times);
        return new MetadataOutcome(problems, firstError);

        void Note(int result, MetadataProblems kind)
        {
            if (result < 0)
            {
                problems |= kind;
                firstError = firstError == 0 ? -result : firstError;
            }
        }
    }

    private static uint Wanted(uint? wanted, uint? current)
        => wanted is null || wanted == current ? Posix.LeaveOwner : wanted.Value;
}
