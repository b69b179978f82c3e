using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;
using Microsoft.Extensions.Options;

namespace Platform.Domains;

/// <summary>What a name's TXT records say, or why that is not known.</summary>
public sealed record TxtAnswer(IReadOnlyList<string> Values, DomainFault? Fault = null);

/// <summary>Reads TXT records from the operator's name servers: by UDP, by TCP when the answer is cut off.</summary>
public sealed class TxtRecords
{
    private const int MaxAliases = 8;

    private readonly LookupClient _client;
    private readonly TimeSpan _timeout;

    public TxtRecords(IOptions<DomainOptions> options)
    {
        _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
        var addresses = options.Value.ResolverAddresses;
        var lookup = addresses.Count > 0 ? new LookupClientOptions([.. addresses]) : new LookupClientOptions();
        lookup.UseCache = false;
        lookup.Timeout = _timeout;
        lookup.Retries = 1;
        lookup.UseTcpFallback = true;
        _client = new LookupClient(lookup);
    }

    /// <summary>The records of the name or of the name that it is an alias of. Each value is its parts joined.</summary>
    public async Task<TxtAnswer> ReadAsync(string name, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_timeout);
        try
        {
            return await FollowAsync(name, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new TxtAnswer([], DomainFault.DnsTimeout);
        }
        catch (DnsResponseException e)
        {
            return new TxtAnswer([], e.Code == DnsResponseCode.ConnectionTimeout ? DomainFault.DnsTimeout : DomainFault.DnsError);
        }
        catch (SocketException)
        {
            return new TxtAnswer([], DomainFault.DnsError);
        }
    }

    private async Task<TxtAnswer> FollowAsync(string name, CancellationToken ct)
    {
        for (var aliases = 0; aliases <= MaxAliases; aliases++)
        {
            var answer = await _client.QueryAsync(name, QueryType.TXT, cancellationToken: ct);
            if (answer.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain)
                return new TxtAnswer([], DomainFault.Nxdomain);
            if (answer.HasError)
                return new TxtAnswer([], DomainFault.DnsError);
            if (answer.Answers.TxtRecords().Select(record => string.Concat(record.Text)).ToList() is { Count: > 0 } values)
                return new TxtAnswer(values);
            if (answer.Answers.CnameRecords().LastOrDefault() is not { } alias)
                return new TxtAnswer([], DomainFault.NoRecord);
            name = alias.CanonicalName.Value;
        }

        return new TxtAnswer([], DomainFault.DnsError);
    }
}
