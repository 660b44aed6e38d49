namespace Interstice.Wasm.Spec.Running;

/// <summary>The host object behind <c>ref.extern</c> of the suite; equal when the numbers are.</summary>
public sealed record ExternHandle(string Number);
