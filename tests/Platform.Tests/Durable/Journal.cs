namespace Platform.Tests.Durable;

/// <summary>An entity that remembers the order of its operations.</summary>
public sealed class Journal
{
    public List<string> Lines { get; set; } = [];

    public void Write(string line) => Lines.Add(line);

    public int Count() => Lines.Count;

    internal sealed class Entity : TaskEntity<Journal>
    {
        protected override bool AllowStateDispatch => true;
    }
}
