namespace EventStore.Client;

/// <summary>A place in a stream or in the whole store.</summary>
public interface IPosition;
