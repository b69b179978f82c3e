using System.Security.Cryptography;
using System.Text;
using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Storage;
using EmbeddedFunctions.Worker;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Http;

/// <summary>
/// The keys of functions that are not anonymous, shown as header <c>x-functions-key</c> or query <c>code</c>. They are made once and kept in the host store: a master key, a host key
/// for all functions, a key for each function, and a system key for the host's own endpoints.
/// </summary>
internal sealed class HostKeys(KeyStore store, FunctionCatalog catalog)
{
    public const string HostScope = "host";
    public const string SystemScope = "system";
    public const string Master = "_master";
    public const string Default = "default";
    public const string Header = "x-functions-key";

    private Task<IReadOnlyList<HostKey>>? _keys;

    public async Task<bool> AllowsAsync(HttpContext http, string? function, AuthorizationLevel level)
    {
        var shown = http.Request.Headers[Header].ToString();
        if (shown.Length == 0)
            shown = http.Request.Query["code"].ToString();
        if (shown.Length == 0)
            return false;

        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(shown));
        var allowed = false;
        foreach (var key in await LoadOnceAsync()) // all of them, so that time tells nothing about which one fits
            allowed |= Opens(key, function, level) & CryptographicOperations.FixedTimeEquals(bytes, key.Hash);
        return allowed;
    }

    /// <summary>The key of the host's own endpoints.</summary>
    public async Task<string> SystemKeyAsync() => (await LoadOnceAsync()).First(key => key is { Scope: SystemScope, Name: Default }).Value;

    public static string FunctionScope(string function) => $"function:{function.ToLowerInvariant()}";

    // A failed load is tried again by the next call; two loads at once do no harm.
    private Task<IReadOnlyList<HostKey>> LoadOnceAsync() => _keys is { IsFaulted: false, IsCanceled: false } loading ? loading : _keys = LoadAsync();

    private static bool Opens(HostKey key, string? function, AuthorizationLevel level)
    {
        if (key is { Scope: HostScope, Name: Master })
            return true;

        return level switch
        {
            AuthorizationLevel.Admin => false,
            AuthorizationLevel.System => key.Scope == SystemScope,
            _ => key.Scope == HostScope || (function is not null && key.Scope == FunctionScope(function)),
        };
    }

    private Task<IReadOnlyList<HostKey>> LoadAsync()
    {
        var wanted = new List<(string, string)> { (HostScope, Master), (HostScope, Default), (SystemScope, Default) };
        foreach (var function in catalog.Of(TriggerKind.Http))
        {
            if (((HttpTriggerAttribute)function.Trigger).AuthLevel is AuthorizationLevel.Function or AuthorizationLevel.User)
                wanted.Add((FunctionScope(function.Name), Default));
        }

        return store.EnsureAsync(wanted);
    }
}
