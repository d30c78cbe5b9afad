namespace Ebla.FileSystems;

/// <summary>Who owns a file.</summary>
internal readonly record struct Owner(uint UserId, uint GroupId);
