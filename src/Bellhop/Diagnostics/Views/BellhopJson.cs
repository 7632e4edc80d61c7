using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bellhop.Diagnostics.Views;

/// <summary>How all our objects are written, by the API and by <c>--json</c>: camelCase, every field, nulls too.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = false,
    Converters = [typeof(InstantConverter)],
    // An event's 64 levels inside a receipt's own.
    MaxDepth = 80
)]
[JsonSerializable(typeof(ReceiptDto))]
[JsonSerializable(typeof(ListingDto))]
[JsonSerializable(typeof(ChangeDto))]
[JsonSerializable(typeof(AcceptedDto))]
[JsonSerializable(typeof(AcceptedEventDto))]
[JsonSerializable(typeof(MessageDto))]
[JsonSerializable(typeof(ReplayedDto))]
[JsonSerializable(typeof(DismissedDto))]
[JsonSerializable(typeof(ReloadDto))]
[JsonSerializable(typeof(SettingFaultDto))]
[JsonSerializable(typeof(SessionsDto))]
[JsonSerializable(typeof(HandoverDto))]
[JsonSerializable(typeof(PhaseDto))]
[JsonSerializable(typeof(ExplanationDto))]
[JsonSerializable(typeof(ReleasedDto))]
[JsonSerializable(typeof(PermissionsDto))]
[JsonSerializable(typeof(PermissionAnswerDto))]
[JsonSerializable(typeof(PermissionSettledDto))]
[JsonSerializable(typeof(ErrorDto))]
[JsonSerializable(typeof(GatewayStatus))]
public sealed partial class BellhopJson : JsonSerializerContext
{
    /// <summary>Letters beyond ASCII stand as they are: no HTML is made of what we write, and people read it.</summary>
    public static BellhopJson Plain => Unescaped.Context;

    /// <summary>Of its own, because the generated default must exist before it.</summary>
    private static class Unescaped
    {
        public static readonly BellhopJson Context = new(
            new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
    }
}
