namespace Bellhop.Redis.Commands;

/// <summary>The words behind EXPIRE's time: only if it has none (NX), has one (XX), is later (GT) or earlier (LT).</summary>
internal readonly record struct ExpireCondition(bool IfNone, bool IfAny, bool IfLater, bool IfEarlier)
{
    public static ExpireCondition Read(CommandCall call)
    {
        var words = call.Arguments.Skip(3).Select((_, i) => (Word: call.Word(i + 3), Index: i + 3)).ToList();
        if (words.FirstOrDefault(w => w.Word is not ("NX" or "XX" or "GT" or "LT")) is { Word: not null } odd)
            throw new CommandFault($"ERR Unsupported option {call.Text(odd.Index)}");
        bool Has(string word) => words.Any(w => w.Word == word);
        var condition = new ExpireCondition(Has("NX"), Has("XX"), Has("GT"), Has("LT"));
        if (condition.IfNone && (condition.IfAny || condition.IfLater || condition.IfEarlier))
            throw new CommandFault("ERR NX and XX, GT or LT options at the same time are not compatible");
        if (condition.IfLater && condition.IfEarlier)
            throw new CommandFault("ERR GT and LT options at the same time are not compatible");
        return condition;
    }

    /// <summary>A key without expiry counts as one that lives for ever.</summary>
    public bool Allows(DateTimeOffset? current, DateTimeOffset wanted) =>
        !(IfNone && current is not null)
        && !(IfAny && current is null)
        && !(IfLater && (current is null || wanted <= current))
        && !(IfEarlier && wanted >= current);
}
