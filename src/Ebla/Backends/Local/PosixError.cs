using System.Runtime.InteropServices;
using Ebla.Primitives;

namespace Ebla.Backends.Local;

/// <summary>Linux error numbers, and what they mean to the user of a repository in a folder.</summary>
internal static class PosixError
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Io = 5;
    public const int Again = 11;
    public const int OutOfMemory = 12;
    public const int AccessDenied = 13;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int OtherDevice = 18;
    public const int NotAFolder = 20;
    public const int IsAFolder = 21;
    public const int Invalid = 22;
    public const int TooManyFiles = 23;
    public const int TooManyOpenFiles = 24;
    public const int FileTooBig = 27;
    public const int NoSpace = 28;
    public const int ReadOnly = 30;
    public const int NameTooLong = 36;
    public const int NotImplemented = 38;
    public const int NotSupported = 95;
    public const int TimedOut = 110;
    public const int StaleHandle = 116;
    public const int OverQuota = 122;

    /// <summary>The failure for the error number that the last call left.</summary>
    public static BackendException Last(string what, string path) => From(Marshal.GetLastPInvokeError(), what, path);

    /// <summary>The failure for an error number.</summary>
    /// <param name="error">The error number.</param>
    /// <param name="what">What could not be done, as in "cannot write".</param>
    /// <param name="path">To what.</param>
    public static BackendException From(int error, string what, string path)
        => new($"{path}: {what}: {Explain(error, path)}", IsTransient(error))
        {
            Kind = error is AccessDenied or NotPermitted ? BackendFailureKind.NotPermitted : BackendFailureKind.Other,
        };

    private static string Explain(int error, string path) => error switch
    {
        NoSpace => $"no space left in {Path.GetDirectoryName(path)}",
        OverQuota => $"the disk quota is used up in {Path.GetDirectoryName(path)}",
        ReadOnly => "the file system is read-only",
        AccessDenied or NotPermitted => "permission denied",
        Io => "the disk reported an input/output error",
        NotAFolder => "a part of the path is not a folder",
        IsAFolder or Exists => "a folder or another file is in the way",
        OtherDevice => "the temporary folder lies on another file system than the target",
        FileTooBig => "the file system takes no files of this size",
        TooManyFiles or TooManyOpenFiles => "too many open files",
        StaleHandle => "the network file system lost the file (stale handle)",
        _ => $"{Marshal.GetPInvokeErrorMessage(error)} (error {error})",
    };

    // What the same call may get over by itself. Space and quota do not come back while a retry waits a few seconds.
    private static bool IsTransient(int error) => error
        is Interrupted or Again or OutOfMemory or Busy or TooManyFiles or TooManyOpenFiles or TimedOut or StaleHandle;
}
