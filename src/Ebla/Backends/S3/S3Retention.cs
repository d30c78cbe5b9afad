namespace Ebla.Backends.S3;

/// <summary>How long what is put cannot be deleted.</summary>
/// <param name="IsCompliance">Whether nobody at all may delete it before; else those with a special permission may.</param>
/// <param name="Duration">From the put on.</param>
internal sealed record S3Retention(bool IsCompliance, TimeSpan Duration);
