namespace Platform.Functions.Organizations;

/// <summary><c>{"success": true, "data": …}</c>.</summary>
public sealed record DataAnswer<T>(T Data)
{
    public bool Success => true;
}

/// <summary><c>{"success": true, "message": …}</c>.</summary>
public sealed record MessageAnswer(string Message)
{
    public bool Success => true;
}

/// <summary><c>{"success": true, "message": …, "data": …}</c>.</summary>
public sealed record MessageDataAnswer<T>(string Message, T Data)
{
    public bool Success => true;
}
