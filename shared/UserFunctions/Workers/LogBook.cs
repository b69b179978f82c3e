using System.Text;

namespace Platform.UserFunctions;

/// <summary>The lines of one invocation: 1000, 256 KiB; then one line says that there were more.</summary>
internal sealed class LogBook
{
    private const int MaxLines = 1000;
    private const int MaxBytes = 256 * 1024;

    private readonly List<FunctionLogLine> _lines = [];
    private int _bytes;
    private bool _full;

    public IReadOnlyList<FunctionLogLine> Lines => _lines;

    public void Add(FunctionLogLine line)
    {
        if (_full)
            return;
        _bytes += Encoding.UTF8.GetByteCount(line.Message);
        _full = _lines.Count >= MaxLines - 1 || _bytes > MaxBytes;
        _lines.Add(_full ? line with { Stream = "system", Level = "warn", Message = "The log was cut here" } : line);
    }
}
