using System.Buffers.Binary;
using System.Security.Cryptography;
using Interstice.Kernel.Events;

namespace Interstice.Host.Idempotency;

/// <summary>An idempotency key with what it stands for (docs/semantics.md, Idempotency).</summary>
public sealed class CallKey
{
    /// <summary>Longest key.</summary>
    public const int LengthMax = 255;

    private CallKey(string text, UInt128 scope, UInt128 request)
    {
        Text = text;
        Scope = scope;
        Request = request;
    }

    /// <summary>The key as the caller gave it.</summary>
    public string Text { get; }

    /// <summary>Digest of caller and key: what a call is found by.</summary>
    public UInt128 Scope { get; }

    /// <summary>Digest of reducer and arguments: what a call with the same key must have.</summary>
    public UInt128 Request { get; }

    /// <summary>What is wrong with a key, or null.</summary>
    /// <param name="key">The key.</param>
    public static string? Check(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length is 0 or > LengthMax) return $"an idempotency key has 1 to {LengthMax} characters, this one {key.Length}; take a UUID";
        int bad = key.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        return bad < 0
            ? null
            : $"an idempotency key is visible ASCII text; character {bad} is U+{(int)key[bad]:X4}; take a UUID";
    }

    /// <summary>Makes the key of a call.</summary>
    /// <param name="key">The key; passes <see cref="Check"/>.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="reducer">Name of the reducer.</param>
    /// <param name="arguments">Arguments in the canonical encoding.</param>
    public static CallKey Of(string key, Identity caller, string reducer, ReadOnlySpan<byte> arguments)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(reducer);
        using var writer = new PayloadWriter(Identity.Bytes + sizeof(int) + key.Length);
        writer.Identity(caller);
        writer.String(key);
        UInt128 scope = Digest(writer.Written);
        writer.Clear();
        writer.String(reducer);
        writer.Bytes(arguments);
        return new(key, scope, Digest(writer.Written));
    }

    /// <summary>The key of a call that was recorded with one.</summary>
    internal static CallKey Of(TransactionRecord call) =>
        Of(call.IdempotencyKey!, call.Caller, call.Reducer, call.Arguments.Span);

    // Cryptographic, since callers choose keys: nobody can make one that another call is taken for.
    private static UInt128 Digest(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
