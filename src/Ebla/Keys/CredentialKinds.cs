namespace Ebla.Keys;

/// <summary>What opens a slot. The numbers stand in the format.</summary>
[Flags]
public enum CredentialKinds : byte
{
    /// <summary>Nothing; no slot has this.</summary>
    None = 0,

    /// <summary>A password, stretched by Argon2id.</summary>
    Password = 1,

    /// <summary>The content of a key file, which is random and needs no stretching.</summary>
    KeyFile = 2,
}
