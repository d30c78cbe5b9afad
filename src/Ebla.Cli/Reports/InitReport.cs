namespace Ebla.Cli.Reports;

/// <summary>What <c>init --json</c> prints.</summary>
/// <param name="RepositoryId">32 hexadecimal digits.</param>
/// <param name="Location">Where the repository is.</param>
/// <param name="KeyFile">The key file that was made for it; null if none was made.</param>
/// <param name="ChunkSize">The average size of the pieces files are cut into.</param>
/// <param name="Cipher">How it is encrypted.</param>
internal sealed record InitReport(string RepositoryId, string Location, string? KeyFile, int ChunkSize, string Cipher);
