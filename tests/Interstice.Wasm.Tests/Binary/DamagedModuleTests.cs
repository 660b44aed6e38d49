using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;

namespace Interstice.Wasm.Tests.Binary;

/// <summary>Whatever the bytes, loading ends with a module or a <see cref="WasmFormatException"/>.</summary>
public sealed class DamagedModuleTests
{
    // Goal: no prefix of a module is taken for the module. Method: cut at every byte. Between two sections before the
    // functions are declared, and after the data, what is left is a whole module; everywhere else it is not.
    [Fact]
    public void A_truncated_module_is_malformed_at_every_byte_inside_a_section()
    {
        byte[] whole = SampleModule.Bytes;
        HashSet<int> mayEndAt = EndsOfWholeModules(whole);
        for (int length = 0; length < whole.Length; length++)
        {
            WasmFormatException? refusal = Loading.TryLoad(whole[..length]);
            if (mayEndAt.Contains(length)) continue;
            refusal.ShouldNotBeNull($"cut at {length}");
            refusal.Kind.ShouldBe(WasmFormatErrorKind.Malformed, $"cut at {length}: {refusal.Message}");
        }
    }

    [Fact]
    public void A_flipped_bit_ends_in_a_module_or_a_refusal()
    {
        byte[] bytes = [.. SampleModule.Bytes];
        int refused = 0;
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            if (Loading.TryLoad(bytes) is not null) refused++;
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        refused.ShouldBeGreaterThan(bytes.Length * 4, "most flips break something");
    }

    [Fact]
    public void Every_value_of_every_byte_ends_in_a_module_or_a_refusal()
    {
        byte[] bytes = [.. SampleModule.Bytes];
        for (int at = 0; at < bytes.Length; at++)
        {
            byte right = bytes[at];
            for (int value = 0; value < 256; value++)
            {
                bytes[at] = (byte)value;
                Should.NotThrow(() => Loading.TryLoad(bytes), $"byte {at} is {value}");
            }

            bytes[at] = right;
        }
    }

    [Fact]
    public void Random_bytes_after_the_header_end_in_a_module_or_a_refusal()
    {
        Random random = RandomSource.Create();
        for (int i = 0; i < RandomSource.Scaled(20_000); i++)
        {
            byte[] content = new byte[random.Next(200)];
            random.NextBytes(content);
            byte[] binary = random.Next(2) == 0
                ? [.. WasmBytes.Header, .. content]
                : WasmBytes.Module(WasmBytes.Section((byte)random.Next(14), content));
            Should.NotThrow(() => Loading.TryLoad(binary), Convert.ToHexString(binary));
        }
    }

    [Fact]
    public void Random_code_ends_in_a_module_or_a_refusal()
    {
        Random random = RandomSource.Create();
        for (int i = 0; i < RandomSource.Scaled(20_000); i++)
        {
            byte[] binary = RandomCode.Module(random);
            Should.NotThrow(() => Loading.TryLoad(binary), Convert.ToHexString(binary));
        }
    }

    [Fact]
    public void Several_random_changes_end_in_a_module_or_a_refusal()
    {
        Random random = RandomSource.Create();
        int loaded = 0;
        for (int i = 0; i < RandomSource.Scaled(20_000); i++)
        {
            byte[] binary = Mutation.Mutate(SampleModule.Bytes, random);
            Should.NotThrow(() => loaded += Loading.TryLoad(binary) is null ? 1 : 0, Convert.ToHexString(binary));
        }

        loaded.ShouldBeGreaterThan(0, "a change now and then leaves a module");
    }

    /// <summary>Lengths at which the sections so far are a module of their own.</summary>
    private static HashSet<int> EndsOfWholeModules(byte[] whole)
    {
        HashSet<int> ends = [8];
        bool hasFunctions = false;
        bool hasData = false;
        for (int at = 8; at < whole.Length;)
        {
            byte id = whole[at];
            bool isLong = whole[at + 1] >= 0x80;
            at += isLong ? 3 + (whole[at + 1] & 0x7F) + (whole[at + 2] << 7) : 2 + whole[at + 1];
            hasFunctions |= id == 3;
            hasData |= id == 11;
            if (!hasFunctions || hasData) ends.Add(at);
        }

        return ends;
    }
}
