using System.Globalization;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>How a call ends that is not answered as asked: a status, and trailers that clients make typed exceptions of.</summary>
internal sealed class CallFailureException(
    GrpcStatusCode code, string message, IReadOnlyList<(string Name, string Value)>? trailers = null, Exception? inner = null)
    : Exception(message, inner)
{
    internal const string KindTrailer = "exception";
    internal const string TooLargeKind = "maximum-append-size-exceeded";

    private const string DeletedKind = "stream-deleted";

    internal GrpcStatusCode Code { get; } = code;

    internal IReadOnlyList<(string Name, string Value)> Trailers { get; } = trailers ?? [];

    internal bool IsTooLarge => Trailers.Contains((KindTrailer, TooLargeKind));

    internal bool IsDeleted => Trailers.Contains((KindTrailer, DeletedKind));

    internal static CallFailureException Invalid(string message) => new(GrpcStatusCode.InvalidArgument, message);

    internal static CallFailureException MissingMetadata(string property) => new(
        GrpcStatusCode.InvalidArgument,
        $"an event lacks the metadata \"{property}\"",
        [(KindTrailer, "missing-required-metadata-property"), ("required-metadata-properties", "type,content-type")]);

    internal static CallFailureException TooLarge(int bytesMax) => new(
        GrpcStatusCode.InvalidArgument,
        $"the append has more than {bytesMax} bytes",
        [(KindTrailer, TooLargeKind), ("maximum-append-size", bytesMax.ToString(CultureInfo.InvariantCulture))]);

    internal static CallFailureException AccessDenied(string message) =>
        new(GrpcStatusCode.PermissionDenied, message, [(KindTrailer, "access-denied")]);

    internal static CallFailureException WrongExpected(StreamName stream, ExpectedRevision expected, Revision actual) => new(
        GrpcStatusCode.FailedPrecondition,
        $"stream \"{stream}\" was expected to be at {expected} and is at {actual}",
        [
            (KindTrailer, "wrong-expected-version"),
            ("stream-name", GrpcStatus.Escape(stream.Value)),
            ("expected-version", CodeOf(expected).ToString(CultureInfo.InvariantCulture)),
            ("actual-version", actual.ToString()),
        ]);

    /// <summary>What a failure of the store means to a caller.</summary>
    /// <param name="fault">The failure.</param>
    /// <param name="appendBytesMax">The bound that a caller is told of.</param>
    internal static CallFailureException Of(EventStoreException fault, int appendBytesMax) => fault.Kind switch
    {
        EventStoreErrorKind.TooLarge => TooLarge(appendBytesMax),

        EventStoreErrorKind.StreamDeleted => new(
            GrpcStatusCode.FailedPrecondition,
            fault.Message,
            [(KindTrailer, DeletedKind), ("stream-name", GrpcStatus.Escape(fault.Stream?.Value ?? ""))],
            fault),

        // The server's own way to say that the outcome of a write is not known.
        EventStoreErrorKind.Unknown => new(GrpcStatusCode.Aborted, fault.Message, inner: fault),
        EventStoreErrorKind.Unavailable or EventStoreErrorKind.InUse => new(GrpcStatusCode.Unavailable, fault.Message, inner: fault),
        EventStoreErrorKind.Full => new(GrpcStatusCode.ResourceExhausted, fault.Message, inner: fault),
        EventStoreErrorKind.Damaged or EventStoreErrorKind.UnknownFormat => new(GrpcStatusCode.DataLoss, fault.Message, inner: fault),
        _ => new(GrpcStatusCode.FailedPrecondition, fault.Message, inner: fault),
    };

    // The numbers that the protocol's clients know.
    private static long CodeOf(ExpectedRevision expected) => expected switch
    {
        { IsAny: true } => -2,
        { IsStreamExists: true } => -4,
        _ => expected.Exact!.Value.Value,
    };
}
