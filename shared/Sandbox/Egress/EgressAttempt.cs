namespace Platform.Sandbox;

/// <summary>One connection that a program asked the egress proxy for.</summary>
/// <param name="Refusal">Why it was refused or failed, in fixed words that may be shown to users; null when it was made.</param>
public sealed record EgressAttempt(string Host, int Port, string? Refusal);
