namespace Interstice.Wasm.Tests.Building;

/// <summary>Damages binaries at random.</summary>
internal static class Mutation
{
    /// <summary>A copy with one to four changes: bytes replaced, removed, repeated or inserted.</summary>
    public static byte[] Mutate(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        for (int changes = random.Next(1, 5); changes > 0 && bytes.Count > 9; changes--)
        {
            int at = random.Next(8, bytes.Count);
            int length = Math.Min(random.Next(1, 8), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(random.Next(8, bytes.Count), bytes.GetRange(at, length)); break;
                default: bytes.Insert(at, (byte)random.Next(256)); break;
            }
        }

        return [.. bytes];
    }
}
