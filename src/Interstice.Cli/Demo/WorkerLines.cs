using System.Globalization;
using System.Text.Unicode;
using Interstice.Kernel.Hashing;

namespace Interstice.Cli.Demo;

/// <summary>What a working process says on its standard output, a line each: <c>c CALLER NUMBER REVISION VALUE</c> for
/// a call that was committed, <c>r CALLER NUMBER</c> for one that was rejected, <c>h REVISION HASH</c> for the state
/// hash at a durable revision. Writing and reading stand side by side.</summary>
internal static class WorkerLines
{
    private const int LineBytesMax = 128;

    /// <summary>Writes lines. Thread-safe; a line is out of the process when a method returns.</summary>
    /// <param name="stream">Unbuffered.</param>
    internal sealed class Writer(Stream stream) : IAcknowledgements
    {
        private readonly Lock _lock = new();

        /// <inheritdoc/>
        public void Add(int caller, long number, Acknowledgement answer)
        {
            Span<byte> line = stackalloc byte[LineBytesMax];
            int written;
            if (answer.IsCommitted)
                Utf8.TryWrite(line, $"c {caller} {number} {answer.Revision} {answer.Value}\n", out written);
            else
                Utf8.TryWrite(line, $"r {caller} {number}\n", out written);
            Write(line[..written]);
        }

        /// <summary>Says the state hash.</summary>
        public void AddHash(long revision, StateHash hash)
        {
            Span<byte> line = stackalloc byte[LineBytesMax];
            Utf8.TryWrite(line, $"h {revision} {hash.Value:x32}\n", out int written);
            Write(line[..written]);
        }

        private void Write(ReadOnlySpan<byte> line)
        {
            lock (_lock) stream.Write(line);
        }
    }

    /// <summary>Takes a line in.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="answers">Takes what it says.</param>
    /// <exception cref="FormatException">It is none of these lines.</exception>
    public static void Read(ReadOnlySpan<char> line, PhaseAnswers answers)
    {
        Span<Range> parts = stackalloc Range[6];
        int count = line.Split(parts, ' ');
        if (count == 5 && line[parts[0]] is "c")
        {
            var answer = new Acknowledgement(true, Number(line[parts[3]]), (ulong)Number(line[parts[4]]));
            answers.Add((int)Number(line[parts[1]]), Number(line[parts[2]]), answer);
        }
        else if (count == 3 && line[parts[0]] is "r")
        {
            answers.Add((int)Number(line[parts[1]]), Number(line[parts[2]]), new Acknowledgement(false, 0, 0));
        }
        else if (count == 3 && line[parts[0]] is "h" && StateHash.TryParse(line[parts[2]], out StateHash hash))
        {
            answers.Checkpoints[Number(line[parts[1]])] = hash.Value;
        }
        else
        {
            throw new FormatException($"the working process said \"{line}\"");
        }
    }

    private static long Number(ReadOnlySpan<char> text) =>
        long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
