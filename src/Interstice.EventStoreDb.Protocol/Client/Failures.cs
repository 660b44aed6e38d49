using System.Globalization;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;

namespace EventStore.Client;

/// <summary>What the failures of calls mean.</summary>
internal static class Failures
{
    /// <summary>The typed exception for a failed call, or the failure itself.</summary>
    internal static Exception Of(GrpcException failure) => failure.Trailer("exception") switch
    {
        "access-denied" => new AccessDeniedException(failure.Message, failure),
        "not-leader" => NotLeader(failure),
        "stream-deleted" => new StreamDeletedException(StreamOf(failure), failure),
        "stream-not-found" => new StreamNotFoundException(StreamOf(failure), failure),
        "wrong-expected-version" => new WrongExpectedVersionException(
            StreamOf(failure), RevisionIn(failure, "expected-version"), RevisionIn(failure, "actual-version"), failure, failure.Message),
        "maximum-append-size-exceeded" => new MaximumAppendSizeExceededException(
            uint.TryParse(failure.Trailer("maximum-append-size"), out uint bytes) ? bytes : 0, failure),
        "missing-required-metadata-property" => new RequiredMetadataPropertyMissingException(
            failure.Trailer("required-metadata-properties") ?? "", failure),
        _ when failure.Code == GrpcStatusCode.Unauthenticated => new NotAuthenticatedException(failure.Message, failure),
        _ when failure.Code == GrpcStatusCode.PermissionDenied => new AccessDeniedException(failure.Message, failure),
        _ => failure,
    };

    /// <summary>The exception for a refused append of a batch.</summary>
    internal static Exception Of(Status error, string stream)
    {
        Google.Protobuf.WellKnownTypes.Any? details = error.Details;
        if (details?.TryUnpack(out MaximumAppendSizeExceeded tooLarge) == true)
            return new MaximumAppendSizeExceededException(tooLarge.MaxAppendSize);
        if (details?.Is(StreamDeleted.Descriptor) == true) return new StreamDeletedException(stream);
        if (details?.Is(AccessDenied.Descriptor) == true) return new AccessDeniedException(error.Message, null);
        var code = Enum.IsDefined((GrpcStatusCode)error.Code) ? (GrpcStatusCode)error.Code : GrpcStatusCode.Unknown;
        return new GrpcException(code == GrpcStatusCode.Ok ? GrpcStatusCode.Unknown : code, error.Message);
    }

    private static Exception NotLeader(GrpcException failure) =>
        failure.Trailer("leader-endpoint-host") is { Length: > 0 } host
        && int.TryParse(failure.Trailer("leader-endpoint-port"), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            ? new NotLeaderException(host, port, failure)
            : failure;

    private static string StreamOf(GrpcException failure) => GrpcStatus.Unescape(failure.Trailer("stream-name") ?? "<unknown>");

    private static StreamRevision RevisionIn(GrpcException failure, string trailer) =>
        long.TryParse(failure.Trailer(trailer), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= 0
            ? StreamRevision.FromInt64(value)
            : StreamRevision.None;
}
