namespace Platform.Functions.Http;

/// <summary>Collects the problems of one document while it is walked.</summary>
internal sealed class ProblemList(string root)
{
    private readonly List<string> _path = [root];
    private List<Problem>? _problems;

    public int Count => _problems?.Count ?? 0;

    public void Enter(string segment) => _path.Add(segment);

    public void Leave() => _path.RemoveAt(_path.Count - 1);

    public void Add(string message, string type) => (_problems ??= []).Add(new Problem([.. _path], message, type));

    public void AddAt(string segment, string message, string type) => (_problems ??= []).Add(new Problem([.. _path, segment], message, type));

    public Error ToError() => Error.Invalid([.. _problems ?? []]);
}
