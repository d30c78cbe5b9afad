namespace Ebla.Tests.Backends.Sftp;

/// <summary>A second implementation of OpenSSH's extensions.</summary>
public sealed class ProftpdWithExtensionsContractTests() : SftpContractTests("proftpd", "EXTENSIONS=1");
