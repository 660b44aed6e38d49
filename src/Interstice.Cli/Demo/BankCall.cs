using System.Buffers.Binary;
using System.Text;

namespace Interstice.Cli.Demo;

/// <summary>A call of the bank module. Encoded here by hand, so that the checks do not rest on the code under
/// test.</summary>
internal abstract record BankCall
{
    private BankCall()
    {
    }

    /// <summary>Name of the reducer.</summary>
    public abstract string Reducer { get; }

    /// <summary>The arguments in the canonical encoding.</summary>
    public abstract byte[] Encode();

    /// <summary>Opens an account.</summary>
    /// <param name="Owner">Who owns it.</param>
    /// <param name="Initial">The first deposit.</param>
    public sealed record Open(string Owner, long Initial) : BankCall
    {
        /// <inheritdoc/>
        public override string Reducer => "open_account";

        /// <inheritdoc/>
        public override byte[] Encode()
        {
            byte[] owner = Encoding.UTF8.GetBytes(Owner);
            byte[] bytes = new byte[sizeof(uint) + owner.Length + sizeof(long)];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)owner.Length);
            owner.CopyTo(bytes, sizeof(uint));
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(uint) + owner.Length), Initial);
            return bytes;
        }
    }

    /// <summary>Moves money.</summary>
    /// <param name="From">The payer's account.</param>
    /// <param name="To">The payee's account.</param>
    /// <param name="Amount">How much.</param>
    public sealed record Transfer(ulong From, ulong To, long Amount) : BankCall
    {
        /// <inheritdoc/>
        public override string Reducer => "transfer";

        /// <inheritdoc/>
        public override byte[] Encode()
        {
            byte[] bytes = new byte[3 * sizeof(long)];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, From);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(sizeof(ulong)), To);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(2 * sizeof(ulong)), Amount);
            return bytes;
        }
    }
}
