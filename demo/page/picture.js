// A screenshot to send, drawn on the spot: the page ships no pictures.

export async function screenshot() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [480, 640];
  const paint = canvas.getContext("2d");
  paint.fillStyle = "#10151f";
  paint.fillRect(0, 0, 480, 640);
  for (let bar = 0; bar < 4; bar += 1) {
    paint.fillStyle = bar ? "#39435a" : "#ff7a59";
    paint.fillRect(168 + bar * 40, 250 - bar * 34, 26, 40 + bar * 34);
  }
  paint.textAlign = "center";
  paint.fillStyle = "#fff";
  paint.font = "600 34px system-ui, sans-serif";
  paint.fillText("Нет сети", 240, 370);
  paint.fillStyle = "#9aa6bd";
  paint.font = "22px system-ui, sans-serif";
  paint.fillText("Мобильный интернет недоступен", 240, 412);
  const content = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return new File([content], "screen.png", { type: "image/png" });
}
