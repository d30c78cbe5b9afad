using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>A server's answer to a request.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Body">What follows the number of the request; empty for data, which lie where the request wanted them.</param>
/// <param name="DataSizeInBytes">How many bytes of data came.</param>
internal readonly record struct SftpReply(SftpPacketType Type, byte[] Body, int DataSizeInBytes)
{
    /// <summary>The status, where the answer is nothing else.</summary>
    /// <exception cref="BackendException">It is something else.</exception>
    public SftpStatus Status() => Type == SftpPacketType.Status ? new SftpDecoder(Body).Status() : throw SftpDecoder.Malformed();

    /// <summary>The fields of an answer of the type wanted, or of a status that is not "OK".</summary>
    public SftpStatus? FailureUnless(SftpPacketType wanted)
        => Type == wanted ? null
            : Status() is { IsOk: false } status ? status
            : throw SftpDecoder.Malformed();
}
