// A document that tries everything a document can try.
export const HOSTILE = {
  title: `<script>window.hacked="title"</script><img src=x onerror="window.hacked='picture'"> 敌意标题 {{ 7*7 }} "'</title>`,
  text: `</div></main><script>window.hacked="text"</script>\n\n<iframe src="https://elsewhere.example/"></iframe> 敌意正文 `
    + `<a href="javascript:window.hacked=1">x</a> <svg onload="window.hacked=2"></svg> ]]> <!-- &lt;b&gt;`,
};
