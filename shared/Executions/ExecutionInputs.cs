namespace Platform.Executions;

/// <summary>What a script gets besides itself. Stored as JSON; null where the caller sent nothing of it.</summary>
public sealed record ExecutionInputs(string? Stdin, IReadOnlyList<string>? Args, IReadOnlyDictionary<string, string>? Env, IReadOnlyList<InputFile>? Files)
{
    public bool IsEmpty => Stdin is null && Args is not { Count: > 0 } && Env is not { Count: > 0 } && Files is not { Count: > 0 };
}

/// <summary>A file beside the script, <paramref name="Path"/> relative to it; exactly one of the contents is given.</summary>
public sealed record InputFile(string Path, string? Content, string? ContentBase64);
