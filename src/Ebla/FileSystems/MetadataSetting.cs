using System.Numerics;
using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>Sets the metadata of one file.</summary>
/// <remarks>
/// In the one order that works. What forbids changes goes first. Then the owner: the system clears set-id bits and capabilities when it
/// changes. Then attributes, while the file is still writable for us; a list of access rights also changes the mode, and an inherited
/// one must be gone before. Then the mode, then flags, then the times, since anything may touch them.
/// </remarks>
internal ref struct MetadataSetting<TFile>(TFile file, NewFileTraits? current)
    where TFile : IMetadataTarget, allows ref struct
{
    private const int SetUserIdBit = 0x800;
    private const int SetGroupIdBit = 0x400;
    private const int KindsMax = 32;

    private readonly TFile _file = file;
    private readonly NewFileTraits? _current = current;
    private MetadataProblems _problems;
    private int _firstError;
    private int[]? _errors;

    public MetadataOutcome Apply(in TargetMetadata wanted)
    {
        uint? flags = wanted.Flags is null ? null : LiftFinalFlags();
        SetOwner(wanted);
        if ((wanted.ExtendedAttributes ?? wanted.FetchExtendedAttributes?.Invoke()) is { } attributes)
        {
            SetAttributes(attributes);
        }
        if (_file.HasMode)
        {
            SetMode(wanted);
        }
        FileFlags final = FileFlags.None;
        if (wanted.Flags is { } wantedFlags)
        {
            final = SetFlags(wantedFlags, flags);
        }
        Note(_file.ChangeTimes(wanted.AccessedTime, wanted.ModifiedTime), MetadataProblems.Times);
        return new MetadataOutcome(_problems, _firstError, _errors) { FinalFlags = final };
    }

    // The flags that the file has; null if there are none.
    private readonly uint? LiftFinalFlags()
    {
        if (!_file.HasFlags)
        {
            return null;
        }
        if (_current is { } known)
        {
            return known.Flags;
        }
        if (_file.GetFlags(out uint flags) < 0)
        {
            return null;
        }
        // If it fails, so will all that follows, and that is reported.
        return FlagSetter.Set(_file, flags, FileFlags.None, FileFlagSets.Final) < 0 ? flags : flags & ~(uint)FileFlagSets.Final;
    }

    private void SetOwner(in TargetMetadata wanted)
    {
        uint user = Wanted(wanted.UserId, _current?.Owner.UserId);
        uint group = Wanted(wanted.GroupId, _current?.Owner.GroupId);
        if ((user, group) != (Posix.LeaveOwner, Posix.LeaveOwner) && _file.ChangeOwner(user, group) < 0)
        {
            // As an ordinary user one may still give a file to another of one's groups: so each alone.
            Note(user == Posix.LeaveOwner ? 0 : _file.ChangeOwner(user, Posix.LeaveOwner), MetadataProblems.User);
            Note(group == Posix.LeaveOwner ? 0 : _file.ChangeOwner(Posix.LeaveOwner, group), MetadataProblems.Group);
        }
        // This number means "leave" to the system and is no owner, whatever a snapshot says.
        Note(wanted.UserId == Posix.LeaveOwner ? -Posix.EINVAL : 0, MetadataProblems.User);
        Note(wanted.GroupId == Posix.LeaveOwner ? -Posix.EINVAL : 0, MetadataProblems.Group);
    }

    private void SetAttributes(IReadOnlyList<ExtendedAttribute> wanted)
    {
        if (_current is not { HasAttributes: false })
        {
            List<ByteName> names = AttributeNames.Of(_file, out int error);
            Note(error, MetadataProblems.OtherAttributes);
            foreach (ByteName name in names)
            {
                if (AttributeKinds.IsRemovable(name.Span) && !wanted.Any(attribute => attribute.Name == name))
                {
                    int result = _file.RemoveAttribute(name.Span);
                    Note(result == -Posix.ENODATA ? 0 : result, AttributeKinds.Of(name.Span));
                }
            }
        }
        foreach (ExtendedAttribute attribute in wanted)
        {
            int result = _file.SetAttribute(attribute.Name.Span, attribute.Value.Span);
            if (result < 0 && !Has(attribute))
            {
                Note(result, AttributeKinds.Of(attribute.Name.Span));
            }
        }
    }

    // A label that may not be set may still be the right one.
    private readonly bool Has(ExtendedAttribute attribute)
    {
        using RentedBuffer buffer = new(Posix.AttributeValueSizeInBytesMax);
        int length = _file.GetAttribute(attribute.Name.Span, buffer.Span);
        return length >= 0 && buffer.Span[..length].SequenceEqual(attribute.Value.Span);
    }

    private void SetMode(in TargetMetadata wanted)
    {
        // A set-id program of one user must not become one of another: cp does the same.
        int mode = wanted.Mode;
        mode &= wanted.UserId is null || _problems.HasFlag(MetadataProblems.User) ? ~SetUserIdBit : ~0;
        mode &= wanted.GroupId is null || _problems.HasFlag(MetadataProblems.Group) ? ~SetGroupIdBit : ~0;
        _problems |= mode == wanted.Mode ? MetadataProblems.None : MetadataProblems.Mode;
        Note(_file.ChangeMode(mode), MetadataProblems.Mode);
        // The system drops a set-group-id bit without an error where the user is not in the file's group (chmod(2)).
        if ((mode & SetGroupIdBit) != 0)
        {
            Note(_file.Stat(out FileMetadata actual), MetadataProblems.Mode);
            _problems |= actual.Mode == mode ? MetadataProblems.None : MetadataProblems.Mode;
        }
    }

    // Returns what is left for the end.
    private FileFlags SetFlags(FileFlags wanted, uint? current)
    {
        if (!_file.HasFlags || current is not { } flags)
        {
            Note(wanted == FileFlags.None ? 0 : -Posix.EOPNOTSUPP, MetadataProblems.Flags);
            return FileFlags.None;
        }
        Note(FlagSetter.Set(_file, flags, wanted, FileFlagSets.Kept & ~FileFlagSets.Final), MetadataProblems.Flags);
        return wanted & FileFlagSets.Final;
    }

    private void Note(int result, MetadataProblems kind)
    {
        if (result < 0)
        {
            _problems |= kind;
            _firstError = _firstError == 0 ? -result : _firstError;
            _errors ??= new int[KindsMax];
            ref int error = ref _errors[BitOperations.TrailingZeroCount((int)kind)];
            error = error == 0 ? -result : error;
        }
    }

    private static uint Wanted(uint? wanted, uint? current)
        => wanted is null || wanted == current ? Posix.LeaveOwner : wanted.Value;
}
