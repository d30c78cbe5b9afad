namespace Ebla.Tests.Fuzzing;

/// <summary>Seeded damage: what rot, tearing and an attacker without imagination do to bytes.</summary>
internal static class Mutations
{
    private static readonly byte[] Extremes = [0, 1, 0x17, 0x18, 0x1B, 0x3B, 0x5B, 0x5F, 0x7F, 0x80, 0x9B, 0x9F, 0xBB, 0xBF, 0xF6, 0xFE, 0xFF];

    /// <summary>One to four changes.</summary>
    public static byte[] Mutate(Random random, ReadOnlySpan<byte> good)
    {
        List<byte> bytes = [.. good];
        for (int changes = random.Next(1, 5); changes > 0; changes--)
        {
            int place = random.Next(bytes.Count + 1);
            int length = Math.Min(random.Next(1, 9), bytes.Count - place);
            switch (random.Next(8))
            {
                case 0 when length > 0:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when length > 0:
                    bytes[place] = Extremes[random.Next(Extremes.Length)];
                    break;
                case 2:
                    bytes.RemoveRange(place, length);
                    break;
                case 3:
                    bytes.InsertRange(place, Enumerable.Repeat(Extremes[random.Next(Extremes.Length)], random.Next(1, 9)));
                    break;
                case 4:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(place, length));
                    break;
                case 5:
                    bytes.RemoveRange(place, bytes.Count - place);
                    break;
                case 6:
                    byte extreme = Extremes[random.Next(Extremes.Length)];
                    for (int i = place; i < place + length; i++)
                    {
                        bytes[i] = extreme;
                    }
                    break;
                default:
                    bytes.AddRange(bytes.GetRange(place, length));
                    break;
            }
        }
        return [.. bytes];
    }
}
