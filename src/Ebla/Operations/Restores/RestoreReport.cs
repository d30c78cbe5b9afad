using System.Runtime.InteropServices;
using Ebla.FileSystems;
using Ebla.Operations.Restores.Writing;
using Ebla.Primitives;

namespace Ebla.Operations.Restores;

/// <summary>Gathers problems: those of contents one by one, those of metadata once per kind. Safe for concurrent use.</summary>
internal sealed class RestoreReport(IRestoreObserver observer, RestoreCounters counters)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (ByteName First, string Message, long Count)> _repeated = [];

    /// <summary>Flags that are to be set at the end of all.</summary>
    public FinalFlags FinalFlags { get; } = new();

    public void Problem(ByteName path, string message)
    {
        counters.CountError();
        observer.Problem(new RestoreProblem(path, message));
    }

    public void Notice(ByteName path, string message) => observer.Notice(new RestoreProblem(path, message));

    /// <summary>What a dry run would do.</summary>
    public void Planned(ByteName path, RestoreAction action) => observer.Planned(new RestoreStep(path, action));

    /// <summary>Counts metadata that could not be set; they are reported at the end.</summary>
    public void Metadata(RestoreDirectory directory, ByteName name, MetadataOutcome outcome)
    {
        if (outcome.FinalFlags != FileFlags.None && !FinalFlags.TryAdd(directory, name, outcome.FinalFlags))
        {
            Repeated(directory, name, "final flags", "the flags i and a of chattr could not be set: too many files have them");
        }
        if (outcome.IsComplete)
        {
            return;
        }
        Count(MetadataProblems.User, "the owner could not be set");
        Count(MetadataProblems.Group, "the group could not be set");
        Count(MetadataProblems.Mode, "the permissions could not be set");
        Count(MetadataProblems.Times, "the times could not be set");
        Count(MetadataProblems.AccessControlLists, "the access control list could not be set");
        Count(MetadataProblems.Capabilities, "the capabilities could not be set");
        Count(MetadataProblems.UserAttributes, "extended attributes user.* could not be set");
        Count(MetadataProblems.TrustedAttributes, "extended attributes trusted.* could not be set");
        Count(MetadataProblems.SecurityAttributes, "extended attributes security.* could not be set");
        Count(MetadataProblems.OtherAttributes, "extended attributes could not be set");
        Count(MetadataProblems.Flags, "the flags of chattr could not be set");

        void Count(MetadataProblems kind, string what)
        {
            if (outcome.Problems.HasFlag(kind))
            {
                int errno = outcome.ErrnoOf(kind);
                string reason = errno == 0 ? "" : $": {Marshal.GetPInvokeErrorMessage(errno)}";
                Repeated(directory, name, what, what + reason);
            }
        }
    }

    /// <summary>Counts a problem of a kind that many entries may share; it is reported at the end.</summary>
    public void Repeated(RestoreDirectory directory, ByteName name, string kind, string message)
    {
        lock (_lock)
        {
            _repeated[kind] = _repeated.TryGetValue(kind, out (ByteName First, string Message, long Count) seen)
                ? seen with { Count = seen.Count + 1 }
                : (directory.PathOf(name), message, 1);
        }
    }

    /// <summary>Reports what was only counted so far.</summary>
    public void ReportRepeated()
    {
        lock (_lock)
        {
            foreach ((ByteName first, string message, long count) in _repeated.Values)
            {
                Problem(first, count == 1 ? message : $"{message} (and the same for {count - 1} more)");
            }
            _repeated.Clear();
        }
    }
}
