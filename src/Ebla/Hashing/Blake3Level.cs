namespace Ebla.Hashing;

/// <summary>The kernels, from plain to wide. A level includes those below it.</summary>
internal enum Blake3Level
{
    Scalar,
    Vector128,
    Avx2,
    Avx512,
}
