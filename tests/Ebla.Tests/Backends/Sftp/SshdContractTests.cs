namespace Ebla.Tests.Backends.Sftp;

/// <summary>OpenSSH, which can all that we use.</summary>
public sealed class SshdContractTests() : SftpContractTests("sshd");
