namespace Platform.Chaos.Workflows;

/// <summary>How often each activity was executed, over all processes: a file per activity, a byte per execution. What is written survives the death of the process.</summary>
public sealed class ExecutionLog(string folder)
{
    /// <summary>Notes an execution and says which one it is, from 1.</summary>
    public int Add(string activity)
    {
        var path = Path.Combine(folder, activity.Replace('/', '_'));
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.WriteByte((byte)'.');
        return (int)new FileInfo(path).Length;
    }

    public int Count(string activity)
    {
        var file = new FileInfo(Path.Combine(folder, activity.Replace('/', '_')));
        return file.Exists ? (int)file.Length : 0;
    }
}
