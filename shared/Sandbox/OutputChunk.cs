namespace Platform.Sandbox;

/// <summary>The stream that a program wrote to.</summary>
public enum OutputStream
{
    Stdout,
    Stderr,
}

/// <summary>A piece of live output. <see cref="Offset"/> counts the stream's bytes before it, as the program wrote them.</summary>
public sealed record OutputChunk(OutputStream Stream, long Offset, string Text);
