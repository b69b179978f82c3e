namespace EmbeddedFunctions.Durable;

/// <summary>Another node has taken over the partition; the checkpoint was not committed.</summary>
internal sealed class FenceLostException() : Exception("Another node has taken over the partition.");
