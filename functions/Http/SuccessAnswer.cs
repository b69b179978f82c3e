namespace Platform.Functions.Http;

/// <summary>It is done.</summary>
public sealed record SuccessAnswer(bool Success = true);
