namespace Platform.Sandbox.Linux;

/// <summary>Everything that one start of a process needs, and our ends of its pipes. Owns all descriptors.</summary>
internal sealed class Launch : IDisposable
{
    public required string Path { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>The child's descriptors 0, 1, 2, …; all others are closed in it.</summary>
    public required IReadOnlyList<Descriptor> Child { get; init; }

    public required Descriptor Stdout { get; init; }

    public required Descriptor Stderr { get; init; }

    /// <summary>bubblewrap's reports (<c>--json-status-fd</c>); null when the process is the program itself.</summary>
    public Descriptor? Status { get; init; }

    /// <summary>A byte written here lets the program start (<c>--block-fd</c>).</summary>
    public Descriptor? Release { get; init; }

    public string? WorkingDirectory { get; init; }

    /// <summary>A folder of the host that lives as long as the run.</summary>
    public string? WorkFolder { get; init; }

    public uint? User { get; init; }

    public bool IsConfined => Status is not null;

    public void CloseChild()
    {
        foreach (var descriptor in Child)
            descriptor.Dispose();
    }

    public void Dispose()
    {
        CloseChild();
        Stdout.Dispose();
        Stderr.Dispose();
        Status?.Dispose();
        Release?.Dispose();
        if (WorkFolder is not null && Directory.Exists(WorkFolder))
            Directory.Delete(WorkFolder, recursive: true);
    }
}
