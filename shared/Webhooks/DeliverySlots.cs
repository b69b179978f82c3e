namespace Platform.Webhooks;

/// <summary>A webhook for which something is due.</summary>
/// <param name="IsFailing">Its last attempt failed.</param>
/// <param name="IsProven">It has taken something before.</param>
internal sealed record DueWebhook(Guid Id, Guid OrganizationId, bool IsFailing, bool IsProven)
{
    /// <summary>How many attempts it may have at a time.</summary>
    /// <param name="most">Of a webhook that works.</param>
    public int LimitOf(int most) => IsFailing || !IsProven ? 1 : most;
}

/// <summary>
/// The attempts that one node may make at a time, and who has them. Webhooks that fail share half of them and get one each, as do those that have never taken anything, and no organization has more than half:
/// however many receivers are dead or slow, there is room for the others.
/// </summary>
internal sealed class DeliverySlots(int total, int perWebhook)
{
    private readonly Lock _lock = new();
    private readonly List<DueWebhook> _taken = [];

    private int Share => total / 2;

    /// <summary>How many may be begun for webhooks of one sort.</summary>
    public int FreeFor(bool failing)
    {
        lock (_lock)
            return Math.Max(0, Math.Min(total - _taken.Count, failing ? Share - _taken.Count(holder => holder.IsFailing) : total));
    }

    /// <summary>How many more may be begun for the webhook.</summary>
    public int FreeFor(DueWebhook webhook)
    {
        lock (_lock)
        {
            var ofWebhook = webhook.LimitOf(perWebhook) - _taken.Count(holder => holder.Id == webhook.Id);
            var ofOrganization = Share - _taken.Count(holder => holder.OrganizationId == webhook.OrganizationId);
            return Math.Max(0, Math.Min(FreeFor(webhook.IsFailing), Math.Min(ofWebhook, ofOrganization)));
        }
    }

    public void Take(DueWebhook webhook)
    {
        lock (_lock)
            _taken.Add(webhook);
    }

    public void Release(DueWebhook webhook)
    {
        lock (_lock)
            _taken.Remove(webhook);
    }
}
